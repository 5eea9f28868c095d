import { generate } from 'lean-qr'
import { toSvgPath } from 'lean-qr/extras/svg'

const margin = 4

/** A text as a QR picture: dark on light in both schemes, since many readers take no other. */
export default function QrPicture({ text }: { text: string }) {
  const code = generate(text)
  const size = code.size + 2 * margin
  return (
    <svg viewBox={`${-margin} ${-margin} ${size} ${size}`} role="img" aria-label={`QR picture of ${text}`}>
      <rect x={-margin} y={-margin} width={size} height={size} fill="#fff" />
      <path d={toSvgPath(code)} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
