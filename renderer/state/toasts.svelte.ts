export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'neutral' | 'good' | 'bad';
}

const shownMs = 6_000;
const most = 4;

/** Short messages about what was just done; screen readers say them. */
class Toasts {
  list: readonly Toast[] = $state.raw([]);
  #next = 1;

  show(text: string, tone: Toast['tone'] = 'neutral'): void {
    const id = this.#next++;
    this.list = [...this.list, { id, text, tone }].slice(-most);
    // What failed stays until it is taken away.
    if (tone !== 'bad') setTimeout(() => this.remove(id), shownMs);
  }

  remove(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
