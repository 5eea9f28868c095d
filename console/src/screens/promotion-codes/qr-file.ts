import { generate } from 'lean-qr'
import { toSvgSource } from 'lean-qr/extras/svg'

const pixelsPerModule = 16

/** A text as a QR picture that prints at any size. */
export function qrSvg(text: string): Blob {
  const source = toSvgSource(generate(text), {
    on: '#000',
    off: '#fff',
    width: null,
    height: null,
    xmlDeclaration: true,
  })
  return new Blob([source], { type: 'image/svg+xml' })
}

/** A text as a QR picture of some hundred pixels. */
export function qrPng(text: string): Promise<Blob> {
  const small = document.createElement('canvas')
  generate(text).toCanvas(small, { on: [0, 0, 0], off: [255, 255, 255] })
  const canvas = document.createElement('canvas')
  canvas.width = small.width * pixelsPerModule
  canvas.height = small.height * pixelsPerModule
  const context = canvas.getContext('2d')
  if (!context) throw new Error('The browser draws no pictures')
  context.imageSmoothingEnabled = false
  context.drawImage(small, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made'))), 'image/png')
  })
}
