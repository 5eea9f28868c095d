/** The milliseconds to wait after this many failures in a row: from `minMs` on, doubled each time, up to `maxMs`. */
export function doublingMs(failures: number, minMs: number, maxMs: number): number {
  return Math.min(minMs * 2 ** (failures - 1), maxMs)
}
