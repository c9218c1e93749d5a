/** The kinds of theme that VS Code knows. */
export type Theme = 'dark' | 'light' | 'high contrast' | 'high contrast light';

/** What the built-in themes of each kind are called, depending on the version. */
export const themeNames: Readonly<Record<Theme, readonly string[]>> = {
  // The names before and after VS Code dropped their prefix.
  dark: ['Dark Modern', 'Default Dark Modern'],
  light: ['Light Modern', 'Default Light Modern'],
  'high contrast': ['Dark High Contrast', 'Default High Contrast'],
  'high contrast light': ['Light High Contrast', 'Default High Contrast Light'],
};

/** The class of the workbench that each kind brings. */
export const themeClasses: Readonly<Record<Theme, string>> = {
  dark: 'vs-dark',
  light: 'vs',
  'high contrast': 'hc-black',
  'high contrast light': 'hc-light',
};
