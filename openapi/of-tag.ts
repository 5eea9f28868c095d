import type { Operation } from '../src/http/operations.ts'

/** The operations of a tag in an order in which all of them succeed. */
export function operationsOfTag(operations: Operation[], tag: string): Operation[] {
  return operations
    .filter(({ tags }) => tags?.includes(tag))
    .toSorted((one, other) => Number(isLast(one)) - Number(isLast(other)))
}

/** What ends the object that the other operations of its tag are about. */
function isLast({ method, path }: Operation): boolean {
  return method === 'DELETE' || path.endsWith('/revoke')
}
