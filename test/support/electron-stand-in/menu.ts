import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions } from 'electron';

interface MenuItem extends Omit<MenuItemConstructorOptions, 'click' | 'submenu'> {
  readonly submenu: Menu | undefined;
  click(): void;
}

/** A menu that nobody sees, but whose items can be found and clicked. */
export class Menu {
  static #applicationMenu: Menu | null = null;

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    return new Menu(template);
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#applicationMenu;
  }

  readonly items: MenuItem[];

  constructor(template: MenuItemConstructorOptions[]) {
    this.items = template.map(({ click, submenu, ...options }) => {
      const item: MenuItem = {
        ...options,
        submenu: Array.isArray(submenu) ? new Menu(submenu) : undefined,
        click() {
          if (this.type === 'checkbox') this.checked = this.checked !== true;
          const call = click as ((item: MenuItem) => void) | undefined;
          if (this.enabled !== false) call?.(this);
        },
      };
      return item;
    });
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null);
      if (found !== null) return found;
    }
    return null;
  }
}

/** A tray icon that nobody sees. */
export class Tray extends EventEmitter {
  setImage(): void {
    // Nothing to see.
  }

  setToolTip(): void {
    // Nothing to see.
  }

  setContextMenu(): void {
    // The application's menu has the same actions.
  }
}
