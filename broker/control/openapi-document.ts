import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from './contract/contract.ts';

/** The OpenAPI document (3.1) of the control API, made from its contract. */
export async function openapiDocument(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  return generator.generate(contract, {
    info: {
      title: 'DCMRS Broker: control API',
      version,
      description:
        'All that the user interface does, for scripts. Errors have the code, message, remedy and DIMSE status of docs/errors.md in `data`.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
}
