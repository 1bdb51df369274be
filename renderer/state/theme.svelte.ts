const storageKey = 'dcmrs-broker.theme';

/** How the page is lit: as the system is, or as the person has chosen. */
export type Theme = 'system' | 'light' | 'dark';

const themes: readonly Theme[] = ['system', 'light', 'dark'];

class ThemeChoice {
  current: Theme = $state('system');

  constructor() {
    const kept = localStorage.getItem(storageKey);
    this.choose(themes.find((theme) => theme === kept) ?? 'system');
  }

  choose(theme: Theme): void {
    this.current = theme;
    if (theme === 'system') {
      delete document.documentElement.dataset['theme'];
      localStorage.removeItem(storageKey);
    } else {
      document.documentElement.dataset['theme'] = theme;
      localStorage.setItem(storageKey, theme);
    }
  }
}

export const theme = new ThemeChoice();
