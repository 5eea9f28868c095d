import { Skeleton } from '@mantine/core'
import type { KeyboardEvent, ReactNode } from 'react'
import styles from './data-table.module.css'

export type Column<Row> = {
  key: string
  header: ReactNode
  cell: (row: Row) => ReactNode
  align?: 'right'
  /** Leaves the column out where the window is narrower: a phone, or a tablet. */
  hiddenOn?: 'phone' | 'tablet'
  sort?: 'ascending' | 'descending' | undefined
}

type Props<Row> = {
  /** Names the table to those who do not see it. */
  label: string
  columns: readonly Column<Row>[]
  /** Undefined while they are on their way: then the table shows its shape. */
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string
  skeletonRows?: number
  /** 36 pixels in place of 44. */
  dense?: boolean
  /** Whether what is shown is the former answer, while the next is on its way. */
  stale?: boolean
}

/**
 * A table whose rows lead somewhere: a link with `data-row-link` in a cell takes clicks of its whole row, and the arrow keys go from
 * one to the next.
 */
export function DataTable<Row>({ label, columns, rows, rowKey, skeletonRows = 8, dense, stale }: Props<Row>) {
  const cellProps = ({ align, hiddenOn }: Column<Row>) => ({ 'data-align': align, 'data-hidden-on': hiddenOn })
  return (
    <table className={styles.table} aria-label={label} aria-busy={!rows || stale} data-dense={dense} data-stale={stale}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" aria-sort={column.sort} {...cellProps(column)}>
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={moveFocus}>
        {rows?.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map((column) => (
              <td key={column.key} {...cellProps(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        )) ??
          Array.from({ length: skeletonRows }, (_, index) => (
            <tr key={index}>
              {columns.map((column, place) => (
                <td key={column.key} {...cellProps(column)}>
                  <Skeleton
                    height={12}
                    width={place === 0 ? `${40 + ((index * 17) % 40)}%` : 64}
                    ml={column.align === 'right' ? 'auto' : 0}
                  />
                </td>
              ))}
            </tr>
          ))}
      </tbody>
    </table>
  )
}

const steps: Partial<Record<string, (place: number, count: number) => number>> = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const step = steps[event.key]
  if (!step || !(event.target instanceof Element)) return
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')]
  const row = event.target.closest('tr')
  const place = links.findIndex((link) => row?.contains(link))
  const next = links[step(place, links.length)]
  if (!next) return
  event.preventDefault()
  next.focus()
}
