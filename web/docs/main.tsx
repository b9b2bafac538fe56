// @ts-types="./swagger_ui.d.ts"
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const domNode = document.querySelector("#api");
if (domNode !== null) {
  SwaggerUI({
    domNode,
    url: "/admin/v1/openapi.json",
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
  });
}
