/** As much of Swagger UI as the page uses. */
export default function SwaggerUI(options: {
  readonly domNode: Element;
  /** Of the OpenAPI document. */
  readonly url: string;
  readonly deepLinking: boolean;
  /** A service of others that documents would be sent to; `null`: none. */
  readonly validatorUrl: null;
  readonly tryItOutEnabled: boolean;
  readonly defaultModelsExpandDepth: number;
}): unknown;
