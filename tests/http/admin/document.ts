/**
 * The committed OpenAPI document, to look things up in.
 *
 * @module
 */
type Schema = Record<string, unknown>;
export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { in: string; name: string }[];
  readonly requestBody?: unknown;
  readonly responses: Record<
    string,
    { content?: Record<string, { schema: Schema }> }
  >;
};

const FILE = new URL("../../../docs/openapi.json", import.meta.url);

export class Document {
  readonly operations: readonly Operation[];
  readonly schemas: Record<string, Schema>;

  constructor(text: string) {
    const { paths, components } = JSON.parse(text);
    this.schemas = components.schemas;
    this.operations = Object.entries<Record<string, Operation>>(paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          ...operation,
          method: method.toUpperCase(),
          path,
        }))
      );
  }

  /** The operation that a request means. */
  find(method: string, path: string): Operation | undefined {
    const [address = ""] = path.split("?");
    return this.operations.find((one) =>
      one.method === method && pattern(one.path).test(address)
    );
  }
}

const pattern = (path: string) =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);

export const openapi = new Document(await Deno.readTextFile(FILE));
