import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../broker/observe/metrics.ts';

async function lines(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).split('\n');
}

describe('Metrics', () => {
  it('counts requests by method, route and status', async () => {
    const metrics = new Metrics({ processMetrics: false });
    metrics.requestAnswered({ method: 'GET', route: '/studies', status: 200, durationInSecs: 0.02 });
    metrics.requestAnswered({ method: 'GET', route: '/studies', status: 200, durationInSecs: 0.2 });
    metrics.requestAnswered({ method: 'MADE-UP', route: '/studies', status: 405, durationInSecs: 0.001 });
    const text = await lines(metrics);
    expect(text).toContain('dcmrs_http_requests_total{method="GET",route="/studies",status="200"} 2');
    expect(text).toContain('dcmrs_http_requests_total{method="other",route="/studies",status="405"} 1');
    expect(text).toContain('dcmrs_http_request_duration_seconds_bucket{le="0.025",route="/studies"} 2');
    expect(text).toContain('dcmrs_http_request_duration_seconds_count{route="/studies"} 3');
  });

  it('counts retrievals, queries, instances and bytes', async () => {
    const metrics = new Metrics({ processMetrics: false });
    metrics.retrievalStarted('main');
    metrics.retrievalEnded({ archive: 'main', outcome: 'incomplete', durationInSecs: 3 });
    metrics.queryAnswered({ archive: 'main', level: 'study', outcome: 'cut-off', durationInSecs: 0.1 });
    metrics.instanceReceived('main', 500);
    metrics.instanceReceived('main', 24);
    metrics.bytesSent(1000);
    const text = await lines(metrics);
    expect(text).toContain('dcmrs_retrievals_started_total{archive="main"} 1');
    expect(text).toContain('dcmrs_retrieval_duration_seconds_count{archive="main",outcome="incomplete"} 1');
    expect(text).toContain(
      'dcmrs_query_duration_seconds_sum{archive="main",level="study",outcome="cut-off"} 0.1',
    );
    expect(text).toContain('dcmrs_instances_received_total{archive="main"} 2');
    expect(text).toContain('dcmrs_received_bytes_total{archive="main"} 524');
    expect(text).toContain('dcmrs_sent_bytes_total 1000');
  });

  it('shows open associations and the cache as they are', async () => {
    const metrics = new Metrics({ processMetrics: false });
    const connection = { archive: 'main', direction: 'outgoing' } as const;
    metrics.associationOpened(connection);
    metrics.associationOpened(connection);
    metrics.associationClosed(connection);
    metrics.setCacheSize({ bytes: 10, instances: 2, studies: 1 });
    const text = await lines(metrics);
    expect(text).toContain('dcmrs_associations_open{archive="main",direction="outgoing"} 1');
    expect(text).toContain('dcmrs_cache_bytes 10');
    expect(text).toContain('dcmrs_cache_instances 2');
    expect(text).toContain('dcmrs_cache_studies 1');
  });

  it('keeps two gateways in one process apart, each with event loop lag', async () => {
    const [one, two] = [new Metrics(), new Metrics()];
    one.bytesSent(5);
    expect(await lines(two)).toContain('dcmrs_sent_bytes_total 0');
    expect(await two.text()).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(one.contentType).toContain('text/plain');
  });
});
