import styles from './choice.module.css'

type Props<Value extends string> = {
  legend: string
  name: string
  value: Value
  options: readonly (readonly [value: Value, label: string, description: string])[]
  error: string | undefined
  onChange: (value: Value) => void
}

/** One of a few, all in view: radio buttons as large as their words. */
export function Choice<Value extends string>({ legend, name, value, options, error, onChange }: Props<Value>) {
  const errorId = `${name}-error`
  return (
    <fieldset className={styles.choice} aria-describedby={error === undefined ? undefined : errorId}>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.options}>
        {options.map(([option, label, description], index) => (
          <label key={option} className={styles.option}>
            <input
              type="radio"
              // Where a refusal of the choice leads to.
              id={index === 0 ? name : undefined}
              name={name}
              checked={option === value}
              aria-label={label}
              aria-describedby={`${name}-${option}`}
              onChange={() => onChange(option)}
            />
            <span>
              <span className={styles.label}>{label}</span>
              <span id={`${name}-${option}`} className={styles.description}>
                {description}
              </span>
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p id={errorId} className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  )
}
