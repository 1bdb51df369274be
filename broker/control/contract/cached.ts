import * as z from 'zod';

export const cachedStudy = z.object({
  archive: z.string(),
  study: z.string(),
  /**
   * This and the texts below are '' until one of its instances was looked into. Component groups have equals
   * signs between them: Yamada^Tarou=山田^太郎.
   */
  patientName: z.string(),
  patientId: z.string(),
  /** YYYYMMDD as in the data set, or ''. */
  studyDate: z.string(),
  description: z.string(),
  modalities: z.array(z.string()),
  series: z.int(),
  instances: z.int(),
  bytes: z.number(),
  firstReceivedAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  /** `receiving` while a retrieval goes on; `partial` where it is not known that all of it is there. */
  state: z.enum(['complete', 'partial', 'receiving']),
  isPinned: z.boolean(),
});
export type CachedStudy = z.infer<typeof cachedStudy>;

export const cachedSeries = z.object({
  series: z.string(),
  modality: z.string(),
  number: z.string(),
  description: z.string(),
  instances: z.int(),
  bytes: z.number(),
});
export type CachedSeries = z.infer<typeof cachedSeries>;

export const cachedInstance = z.object({
  instance: z.string(),
  sopClass: z.string(),
  sopClassName: z.string(),
  transferSyntax: z.string(),
  transferSyntaxName: z.string(),
  number: z.string(),
  bytes: z.number(),
  receivedAt: z.iso.datetime(),
});
export type CachedInstance = z.infer<typeof cachedInstance>;

/** One attribute of an instance, or an item of a sequence (FFFEE000), as a tree that is laid out in lines. */
export const attributeLine = z.object({
  /** How many sequences it is in. */
  depth: z.int(),
  tag: z.string(),
  vr: z.string(),
  keyword: z.string(),
  /** Cut off at 256 characters; bulk values by their size. Text, never markup. */
  value: z.string(),
});
export type AttributeLine = z.infer<typeof attributeLine>;

export const attributeLines = z.object({
  /** 20,000 at most, of sequences that are nested 32 deep at most. */
  lines: z.array(attributeLine),
  /** True where there is more. */
  isCut: z.boolean(),
});
export type AttributeLines = z.infer<typeof attributeLines>;

export const studyKey = z.object({ archive: z.string().max(64), study: z.string().max(64) });

export const cacheQuery = z.object({
  /** Words that all have to occur in name, ID, date, description, modalities or UID, whatever the capitals. */
  text: z.string().max(200).default(''),
  /** `age` goes by the last use: descending, what was used last comes first. */
  sort: z
    .enum(['patient', 'id', 'date', 'description', 'modality', 'instances', 'size', 'age', 'state'])
    .default('age'),
  descending: z.stringbool().or(z.boolean()).default(true),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});
export type CacheQuery = z.infer<typeof cacheQuery>;
