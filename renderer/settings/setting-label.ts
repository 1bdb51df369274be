/** Names that the parts of a property do not make. */
const ownLabels: Readonly<Record<string, string>> = {
  'http.host': 'Address to listen on',
  'http.public_url': 'Public URL',
  'http.compression': 'Compress text',
  'qido.url_base': 'Path of QIDO-RS',
  'wado.url_base': 'Path of WADO-RS',
  'stow.url_base': 'Path of STOW-RS',
  'wado.http_retry_after': 'Time until clients ask again',
  'scp.local_ae': 'AE title that receives images',
  'scp.local_host': 'Address to listen on',
  'scp.local_port': 'Port that receives images',
  'scp.cache_dir_path': 'Cache folder',
  'scp.cache_max_age_in_min': 'Maximum age of a study',
  'scp.cache_max_size_in_mb': 'Maximum size of the cache',
  'dimse.max_pdu_length': 'Maximum size of a PDU',
  'dimse.quick_ack': 'Acknowledge at once',
  'qido.default_limit': 'Rows of an answer',
  'wado.cancel_grace_in_secs': 'Time until a retrieval is cancelled',
  'wado.recheck_after_in_secs': 'Age until a study is checked again',
  'scp.accept_unsolicited': 'Accept images that nobody asked for',
  'archives.order': 'Order of the archives',
  'log.file': 'Log file',
  'log.file_max_size_in_mb': 'Maximum size of a file',
  'log.file_max_count': 'Files that are kept',
  'log.level': 'Least severe messages',
  'log.format': 'Form of messages',
  'control.host': 'Address to listen on',
};

/** Those of every archive, by the last part. */
const archiveLabels: Readonly<Record<string, string>> = {
  remote_ae: 'AE title of the archive',
  remote_host: 'Host of the archive',
  remote_port: 'Port of the archive',
  local_ae: 'Our AE title when we ask',
  relational_queries: 'Queries across levels',
  character_set: 'Character set of queries',
  retrieve_method: 'How images are asked for',
};

const words: Readonly<Record<string, string>> = {
  ae: 'AE title',
  url: 'URL',
  pdu: 'PDU',
  http: 'HTTP',
  max: 'maximum',
};

/** What a person calls a setting: `Retry delay` for `wado.retry_delay_in_secs`. */
export function settingLabel(property: string): string {
  const ofDefault = property.replace(/^archives\.[^.]+\./, '');
  const last = ofDefault.split('.').at(-1) ?? ofDefault;
  return ownLabels[ofDefault] ?? archiveLabels[last] ?? fromParts(last);
}

function fromParts(name: string): string {
  const text = name
    .replace(/_in_(secs|min|mb)$/, '')
    .split('_')
    .map((word) => words[word] ?? word)
    .join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
