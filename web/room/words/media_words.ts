import type { DeviceKind, MediaProblem } from "../media/problem.ts";
import type { Words } from "./words.ts";

type Noun = {
  name: string;
  /** As in "there is no camera or microphone". */
  any: string;
  is: "is" | "are";
  was: "was" | "were";
  it: "it" | "them";
  needs: "needs" | "need";
};

const one = (name: DeviceKind): Noun => ({
  name,
  any: name,
  is: "is",
  was: "was",
  it: "it",
  needs: "needs",
});
const both: Noun = {
  name: "camera and microphone",
  any: "camera or microphone",
  is: "are",
  was: "were",
  it: "them",
  needs: "need",
};

const phrases = {
  refused: ({ name, is, it }) => ({
    title: `Your ${name} ${is} blocked`,
    text:
      `Allow ${it} in the site settings beside the address bar, then try again.`,
  }),
  refusedBySystem: ({ name, is, it }) => ({
    title: `Your ${name} ${is} blocked by the system`,
    text:
      `Let this browser use ${it} in the privacy settings of your device, then try again.`,
  }),
  notFound: ({ any }) => ({
    title: `No ${any} was found`,
    text: "Plug one in and try again, or go on without.",
  }),
  inUse: ({ name, is, it }) => ({
    title: `Your ${name} ${is} busy`,
    text: `Another app may be using ${it}. Close that app, then try again.`,
  }),
  lost: ({ name, was, it }) => ({
    title: `Your ${name} ${was} disconnected`,
    text: `Plug ${it} in again, or choose another device.`,
  }),
  insecure: ({ name, needs, it }) => ({
    title: `Your ${name} ${needs} a secure page`,
    text:
      `Browsers offer ${it} on https and localhost only. Open this page with https.`,
  }),
  unsupported: ({ any }) => ({
    title: `This browser offers no ${any}`,
    text: "Use a current Chrome, Edge, Firefox or Safari.",
  }),
  unknown: ({ name, it }) => ({
    title: `Your ${name} did not start`,
    text: `Try again, unplug ${it} and plug ${it} in, or restart the browser.`,
  }),
} satisfies Record<MediaProblem, (noun: Noun) => Words>;

export function mediaWords(problem: MediaProblem, device: DeviceKind): Words {
  return phrases[problem](one(device));
}

/** Problems of both devices, in one sentence where they are the same. */
export function problemWords(
  problems: { [device in DeviceKind]: MediaProblem | undefined },
): Words | undefined {
  const { microphone, camera } = problems;
  if (camera !== undefined && camera === microphone) {
    return phrases[camera](both);
  }
  if (camera !== undefined) return mediaWords(camera, "camera");
  if (microphone !== undefined) return mediaWords(microphone, "microphone");
  return undefined;
}
