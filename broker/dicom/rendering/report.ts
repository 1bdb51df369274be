/** One line of a report, with what belongs to it. All of it is plain text. */
export interface ReportEntry {
  /** What it is about; a container's heading. */
  readonly label: string;
  /** Empty for a container. */
  readonly value: string;
  /** What the value points at, relative to the page; undefined where it points at nothing that can be shown. */
  readonly link: string | undefined;
  /** A container: a heading, and what stands below it. */
  readonly isSection: boolean;
  readonly children: readonly ReportEntry[];
}

/** A report as people read it. */
export interface Report {
  readonly title: string;
  /** Who and what it is about, above the content. */
  readonly particulars: readonly { readonly label: string; readonly value: string }[];
  readonly content: readonly ReportEntry[];
  /** Entries beyond the limit, which are left out. */
  readonly leftOut: number;
}
