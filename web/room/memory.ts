/** What the page remembers in this browser. Storage may be denied or full. */

type Key = "name" | "microphone" | "camera" | "speaker";

export class Memory {
  keep(key: Key, value: string): void {
    write(() => localStorage.setItem(`holdfast.${key}`, value));
  }

  recall(key: Key): string | undefined {
    return read(() => localStorage.getItem(`holdfast.${key}`));
  }

  /** This tab's, for as long as it is open. */
  get identity(): string | undefined {
    return read(() => sessionStorage.getItem("holdfast.identity"));
  }

  set identity(identity: string) {
    write(() => sessionStorage.setItem("holdfast.identity", identity));
  }
}

function read(get: () => string | null): string | undefined {
  try {
    return get() ?? undefined;
  } catch {
    return undefined;
  }
}

function write(set: () => void): void {
  try {
    set();
  } catch {
    // A page without memory still works.
  }
}
