import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'gradebridge.theme';
const NAMES: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };

function remembered(): Theme {
  const theme = localStorage.getItem(KEY);
  return THEMES.find((known) => known === theme) ?? 'auto';
}

/** Puts the chosen colours on, before anything is shown. */
export function applyTheme(theme: Theme = remembered()): void {
  document.documentElement.dataset['theme'] = theme;
}

/** Goes through the three: as the system, light, dark. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(remembered);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  const change = (): void => {
    localStorage.setItem(KEY, next);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      class="quiet"
      onClick={change}
      aria-label={`Colours: ${NAMES[theme]}. Change to ${NAMES[next]}`}
      title={`Colours: ${NAMES[theme]}`}
    >
      <Icon name={theme} />
    </button>
  );
}
