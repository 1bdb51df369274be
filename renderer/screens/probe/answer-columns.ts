import { formatDicomDate, formatDicomTime } from '../../format/dates.ts';
import type { Column } from '../../components/table/column.ts';
import type { Answer } from './find-run.svelte.ts';
import type { QueriedAttribute } from './level-attributes.ts';

const numbers = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

/** The columns of the answers to a query: one for each attribute that was asked for. */
export function answerColumns(attributes: readonly QueriedAttribute[]): Column<Answer>[] {
  return attributes.map((attribute, index): Column<Answer> => {
    const { tag, vr } = attribute;
    const isNumber = numbers.has(vr);
    return {
      id: tag,
      label: attribute.label ?? attribute.name,
      text: ({ values }) => textOfValue(vr, values[tag] ?? ''),
      ...(isNumber ? { sortBy: ({ values }: Answer) => numberOf(values[tag]) } : {}),
      ...(vr === 'DA' || vr === 'TM' ? { sortBy: ({ values }: Answer) => values[tag] ?? '' } : {}),
      width: widthOf(attribute),
      // A number that names the row stands where names do.
      align: isNumber && index > 0 ? 'end' : 'start',
      code: vr === 'UI' || vr === 'AE',
      importance: importanceOf(attribute, index, attributes.length),
    };
  });
}

/** A value as a person reads it: dates and times with their separators, all else as it came. */
export function textOfValue(vr: string, value: string): string {
  if (vr === 'DA') return formatDicomDate(value);
  if (vr === 'TM') return formatDicomTime(value);
  return value;
}

function numberOf(value: string | undefined): number {
  const number = Number.parseFloat(value ?? '');
  return Number.isNaN(number) ? -Infinity : number;
}

function widthOf({ tag, vr }: QueriedAttribute): string {
  if (vr === 'PN') return 'minmax(140px, 2fr)';
  if (vr === 'DA') return '98px';
  if (vr === 'TM') return '84px';
  if (vr === 'UI') return 'minmax(180px, 2fr)';
  if (vr === 'CS' || vr === 'AS') return '84px';
  if (numbers.has(vr)) return '88px';
  if (tag === '00100020' || vr === 'SH') return '104px';
  return 'minmax(120px, 2fr)';
}

/** UIDs say least to a person: they give way first, then what stands at the end of a long list. */
function importanceOf({ vr }: QueriedAttribute, index: number, count: number): 1 | 2 | 3 {
  if (vr === 'UI' && count > 1) return count > 6 ? 3 : 2;
  if (index < 5) return 1;
  return index < 6 ? 2 : 3;
}
