import { render } from "preact";
import { App } from "./app.tsx";
import { Dashboard } from "./dashboard.ts";
import { TokenStorage } from "./token_storage.ts";

const root = document.querySelector("main");
if (root !== null) {
  const dashboard = new Dashboard({
    url: location.origin,
    tokens: new TokenStorage(sessionStorage),
    place: {
      get hash() {
        return location.hash;
      },
      set hash(hash) {
        location.hash = hash;
      },
    },
  });
  addEventListener("hashchange", () => dashboard.placeChanged());
  dashboard.open();
  render(<App dashboard={dashboard} />, root);
}
