/** What the template of a viewer's address may name. */
export interface ViewedStudy {
  readonly archive: string;
  /** Study Instance UID. */
  readonly study: string;
  readonly patientId: string;
}

const placeholders: Readonly<Record<string, (study: ViewedStudy) => string>> = {
  '{study}': ({ study }) => study,
  '{archive}': ({ archive }) => archive,
  '{patientId}': ({ patientId }) => patientId,
};

/**
 * The address of a study in a viewer, made from the template of control.viewer_url; undefined where it is none
 * that a browser may open: only http and https are.
 */
export function viewerUrl(template: string, study: ViewedStudy): string | undefined {
  const text = template
    .trim()
    .replace(/\{(study|archive|patientId)\}/g, (name) =>
      encodeURIComponent(placeholders[name]?.(study) ?? ''),
    );
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

/** Whether a template makes addresses that a browser may open. */
export function isViewerTemplate(template: string): boolean {
  return viewerUrl(template, { archive: 'archive', study: '1.2', patientId: 'id' }) !== undefined;
}
