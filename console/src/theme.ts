import {
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type MantineThemeOverride,
  convertCssVariables,
  createTheme,
  defaultCssVariablesResolver,
  DEFAULT_THEME,
  mergeMantineTheme,
  rem,
} from '@mantine/core'

/** The blue of the API's own pages, at 7. */
const accent: MantineColorsTuple = [
  '#eef5fc',
  '#d9e8f8',
  '#b3d2f1',
  '#84b6e8',
  '#4f97dd',
  '#2c80d4',
  '#1a74cf',
  '#0b6bcb',
  '#095bad',
  '#074b8f',
]

/** Cooler than Mantine's: text, …, borders at 4, fields at 6, the page at 7. */
const dark: MantineColorsTuple = [
  '#e6e9ed',
  '#c6ccd4',
  '#9aa4b1',
  '#6b7583',
  '#343b45',
  '#262c34',
  '#181c22',
  '#111418',
  '#0d1014',
  '#090b0e',
]

const transitionProps = { duration: 120 }
/** Their head is none of the page's landmarks. */
const attributes = { header: { role: 'presentation' } }
const surface = { background: 'var(--surface)' }
const dialog = { title: { fontSize: rem(16), fontWeight: 600 }, content: surface, header: surface }
const labels = { inputWrapperOrder: ['label', 'description', 'input', 'error'] as const }

export const theme: MantineThemeOverride = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.3' },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(4), sm: rem(4), md: rem(6), lg: rem(6), xl: rem(6) },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.3' },
      h2: { fontSize: rem(16), lineHeight: '1.4' },
      h3: { fontSize: rem(14), lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  // The page's policy allows no style element, so nothing here may make one: the scroll is held still by base.css.
  components: {
    Button: { defaultProps: { size: 'sm' }, styles: { root: { fontWeight: 500 } } },
    InputWrapper: {
      vars: () => ({
        label: {},
        description: { '--input-description-size': rem(12) },
        error: { '--input-error-size': rem(12) },
      }),
      styles: { label: { fontWeight: 500 }, description: { marginBottom: rem(4) } },
    },
    Modal: {
      styles: dialog,
      defaultProps: {
        lockScroll: false,
        padding: 'lg',
        attributes,
        transitionProps,
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Drawer: {
      styles: dialog,
      defaultProps: {
        lockScroll: false,
        padding: 'lg',
        attributes,
        transitionProps,
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Menu: { defaultProps: { transitionProps, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps, shadow: 'md' } },
    Combobox: { defaultProps: { transitionProps, shadow: 'md' } },
    Select: { defaultProps: { ...labels, comboboxProps: { transitionProps, shadow: 'md' } } },
    Tooltip: { defaultProps: { transitionProps, openDelay: 150, events: { hover: true, focus: true, touch: true } } },
    TextInput: { defaultProps: labels },
    PasswordInput: { defaultProps: labels },
    NumberInput: { defaultProps: labels },
    Textarea: { defaultProps: labels },
  },
})

const colors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1a1f26',
    '--mantine-color-dimmed': '#5a6472',
    '--mantine-color-placeholder': '#6b7583',
    '--mantine-color-error': '#c21f1f',
    '--mantine-color-default-border': '#d5dae1',
    '--surface': '#ffffff',
    '--line': '#e5e8ec',
    '--subtle': '#f6f7f9',
    '--hover': '#f2f5f8',
    '--link': '#0a5fb5',
    '--positive': '#0f7a3d',
    '--positive-back': '#e6f5ec',
    '--warning': '#8a5200',
    '--warning-back': '#fdf1d8',
    '--warning-fill': '#d98a1c',
    '--negative': '#b42318',
    '--negative-back': '#fdecea',
    '--neutral-back': '#eceff3',
  },
  dark: {
    '--mantine-color-placeholder': '#8a94a1',
    '--mantine-color-error': '#ff8a80',
    '--surface': '#181c22',
    '--line': '#262c34',
    '--subtle': '#161a1f',
    '--hover': '#1b2027',
    '--link': '#78b4f0',
    '--positive': '#6fcf97',
    '--positive-back': '#13301f',
    '--warning': '#f2c063',
    '--warning-back': '#3a2c10',
    '--warning-fill': '#d9a441',
    '--negative': '#ff9a90',
    '--negative-back': '#3d1a17',
    '--neutral-back': '#262c34',
  },
})

/**
 * Gives the page the theme's variables. Mantine would do it with a style element, which the page's policy forbids; a constructed
 * style sheet is a script's own doing and allowed.
 */
export function adoptTheme(): void {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme)
  const defaults = defaultCssVariablesResolver(merged)
  const own = colors(merged)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(
    convertCssVariables(
      {
        variables: defaults.variables,
        light: { ...defaults.light, ...own.light },
        dark: { ...defaults.dark, ...own.dark },
      },
      ':root',
    ),
  )
  document.adoptedStyleSheets.push(sheet)
}
