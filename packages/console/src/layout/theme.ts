import { createStore } from '../live/store.ts';

export type Theme = 'system' | 'light' | 'dark';

const place = 'pawl.theme';

export const theme = createStore<Theme>(stored());

export function setTheme(next: Theme): void {
  theme.set(next);
  localStorage.setItem(place, next);
  applyTheme();
}

export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.get() === 'system') delete dataset['theme'];
  else dataset['theme'] = theme.get();
}

function stored(): Theme {
  const value = localStorage.getItem(place);
  return value === 'light' || value === 'dark' ? value : 'system';
}
