import { archiveSettings, settings, type ArchiveSetting, type Setting } from './schema.ts';
import { asDefaultArchive, groups } from './setting.ts';

/**
 * A properties file with every setting, each taken from its environment variable. A line works as
 * it is (an unset variable leaves the setting at its default) or with a value in place of `${?…}`.
 */
export function sampleProperties(): string {
  const assignments = settings.map(({ property, env }) => `${property}=\${?${env}}`);
  const width = Math.max(...assignments.map((assignment) => assignment.length)) + 3;
  const intro = [
    '# Settings of DCMRS Broker. This file is {home}/conf/dcmrsbroker.properties.',
    '# key=${?NAME} takes the value of an environment variable where it is set; or write key=value.',
    '# Put a value that contains # or $ in quotation marks.',
  ];
  const sections = byGroup().flatMap(([title, ofGroup]) => [
    '',
    `# ${title}`,
    ...ofGroup.map((setting) => {
      const assignment = `${setting.property}=\${?${setting.env}}`;
      return `${assignment.padEnd(width)}# ${setting.help} ${defaultText(setting)}`;
    }),
  ]);
  const further = [
    '',
    '# Further archives. Each needs a name and its AE title and host; the rest has defaults.',
    ...archiveSettings('NAME')
      .filter((setting) => defaultOf(setting) === 'required')
      .map(({ property, help }) => `# ${property}=                 # ${help}`),
  ];
  return `${[...intro, ...sections, ...further].join('\n')}\n`;
}

const header = ['Property', 'Variable', 'Default', 'Allowed', 'Meaning'];

/** The settings as Markdown, a table for each group, formatted as Prettier does. */
export function settingsTable(): string {
  const sections = byGroup().map(([title, ofGroup]) => {
    const rows = ofGroup.map((setting) => [
      `\`${setting.property}\``,
      `\`${setting.env}\``,
      defaultCell(setting),
      sentence(setting.type.allowed),
      setting.help,
    ]);
    return `## ${title}\n\n${markdownTable([header, ...rows])}`;
  });
  return [...sections, furtherArchives()].join('\n\n');
}

/** The settings of an archive beside `default`. */
function furtherArchives(): string {
  const rows = archiveSettings('NAME').map((setting) => [
    `\`${setting.property.replace('NAME', '{name}')}\``,
    `\`${setting.env.replace('NAME', '{NAME}')}\``,
    defaultOf(setting),
    sentence(setting.type.allowed),
    setting.help,
  ]);
  return `## Further archives\n\n${markdownTable([header, ...rows])}`;
}

/** What a further archive takes where the setting is left out. */
function defaultOf({ perArchive, ofArchive, ...setting }: ArchiveSetting): string {
  const otherwise = perArchive.otherwise ?? setting.defaultsTo;
  if (otherwise === asDefaultArchive) return `as \`${ofArchive}\``;
  if (otherwise !== undefined) return `as \`archives.{name}.${otherwise}\``;
  return setting.default === undefined ? 'required' : code(setting.default);
}

function byGroup(): (readonly [string, readonly Setting[]])[] {
  return Object.entries(groups).map(([group, title]) => [
    title,
    settings.filter((setting) => setting.group === group),
  ]);
}

function defaultCell({ default: value, defaultsTo }: Setting): string {
  if (defaultsTo !== undefined) return `as \`${defaultsTo}\``;
  return value === undefined ? 'required' : code(value);
}

function defaultText(setting: Setting): string {
  if (setting.defaultsTo !== undefined) return `Default: as ${setting.defaultsTo}.`;
  if (setting.default === undefined) return 'Required.';
  return setting.default === ''
    ? 'Default: empty.'
    : `Default: ${JSON.stringify(setting.default).replaceAll('"', '')}.`;
}

function code(value: unknown): string {
  return value === '' ? 'empty' : `\`${String(value)}\``;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Rows of cells, the first being the header, in columns of equal width. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (escaped[0] ?? []).map((_, column) =>
    Math.max(...escaped.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [header, ...body] = escaped.map((row) =>
    line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))),
  );
  return [header, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}
