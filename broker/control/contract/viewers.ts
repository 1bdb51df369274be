import * as z from 'zod';

/** Ready settings of one viewer, to copy. */
export const viewerSettings = z.object({
  name: z.string(),
  /** Where the text goes, in plain words. */
  explanation: z.string(),
  language: z.enum(['javascript', 'json', 'text']),
  text: z.string(),
});
export type ViewerSettings = z.infer<typeof viewerSettings>;

export const originCheck = z.object({
  origin: z.string(),
  mayRead: z.boolean(),
  mayStore: z.boolean(),
  /** Why, in plain words. */
  explanation: z.string(),
  /** The entry to add to http.allowed_origins so that it may; absent where it may already. */
  entryToAdd: z.string().optional(),
});
export type OriginCheck = z.infer<typeof originCheck>;

export const viewerAddress = z.object({
  /** Where the study is shown; absent where control.viewer_url is empty. http or https, values encoded. */
  url: z.string().optional(),
});
