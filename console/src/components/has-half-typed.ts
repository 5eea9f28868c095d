/**
 * Whether a field of a form is typed by half, such as a date without its time: a browser hands it over as empty. The field says so and
 * takes the focus.
 */
export function hasHalfTyped(form: Element): boolean {
  const field = [...form.querySelectorAll('input')].find(({ validity }) => validity.badInput)
  return field?.reportValidity() === false
}
