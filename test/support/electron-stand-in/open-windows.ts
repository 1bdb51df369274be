/** What the app closes before it ends. */
export interface OpenWindow {
  destroy(): Promise<void>;
}

export const openWindows = new Set<OpenWindow>();

export async function closeWindows(): Promise<void> {
  await Promise.all([...openWindows].map((window) => window.destroy()));
}
