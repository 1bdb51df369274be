/** What the template of a viewer's address may name. */
export interface ViewedStudy {
  readonly archive: string;
  /** Study Instance UID. */
  readonly study: string;
  readonly patientId: string;
}

/** `studyInstanceUIDs` is what the standard calls it where a viewer is invoked (IHE IID) and OHIF too. */
const placeholders: Readonly<Record<string, (study: ViewedStudy) => string>> = {
  '{study}': ({ study }) => study,
  '{studyInstanceUID}': ({ study }) => study,
  '{studyInstanceUIDs}': ({ study }) => study,
  '{archive}': ({ archive }) => archive,
  '{patientId}': ({ patientId }) => patientId,
};

/** http or https and a host that is written out: what a study says must not choose whom the browser goes to. */
const templateForm = /^https?:\/\/[^\s/?#{}\\@]+([/?#]\S*)?$/i;

/**
 * The address of a study in a viewer, made from the template of control.viewer_url; undefined where it is none
 * that a browser may open. Values are encoded: none of them can add a parameter or leave its place.
 */
export function viewerUrl(template: string, study: ViewedStudy): string | undefined {
  const form = template.trim();
  if (!templateForm.test(form)) return undefined;
  const text = form.replace(/\{\w+\}/g, (name) => {
    const value = placeholders[name]?.(study);
    return value === undefined ? name : encodeURIComponent(value);
  });
  return !/[{}]/.test(text) && URL.canParse(text) ? text : undefined;
}

/** Whether a template makes addresses that a browser may open. */
export function isViewerTemplate(template: string): boolean {
  return viewerUrl(template, { archive: 'archive', study: '1.2', patientId: 'id' }) !== undefined;
}
