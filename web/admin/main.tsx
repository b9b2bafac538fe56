import { render } from "preact";
import { App } from "./app.tsx";
import { Desk } from "./desk.ts";
import { Keeper } from "./keeper.ts";

const root = document.querySelector("main");
if (root !== null) {
  const desk = new Desk({
    url: location.origin,
    keeper: new Keeper(sessionStorage),
    place: {
      get hash() {
        return location.hash;
      },
      set hash(hash) {
        location.hash = hash;
      },
    },
  });
  addEventListener("hashchange", () => desk.placeChanged());
  desk.open();
  render(<App desk={desk} />, root);
}
