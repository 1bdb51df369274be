import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import * as z from 'zod';
import { contract } from './contract/contract.ts';
import { trouble } from './contract/gateway-state.ts';

type Document = Awaited<ReturnType<OpenAPIGenerator['generate']>>;

/** What every procedure may answer instead. */
const errorBody = z.object({ code: z.string(), status: z.int(), message: z.string(), data: trouble });
const errorReference = '#/components/responses/Error';

/** The OpenAPI document (3.1) of the control API, made from its contract. */
export async function openapiDocument(version: string): Promise<Document> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: {
      title: 'DCMRS Broker: control API',
      version,
      description:
        'All that the user interface does, for scripts. Errors have the code, message, remedy and DIMSE status of docs/errors.md in `data`.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        Error: {
          description: 'What happened, why, and what to do about it',
          content: { 'application/json': { schema: z.toJSONSchema(errorBody) as object } },
        },
      },
    },
  });
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations ?? {})) {
      if (typeof operation === 'object' && 'responses' in operation)
        operation.responses = { ...operation.responses, default: { $ref: errorReference } };
    }
  }
  return document;
}
