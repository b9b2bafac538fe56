import type { Act } from "./plan.ts";
import { Thief } from "./thief.ts";
import { roomName, tokenFor } from "./toys.ts";
import type { World } from "./world.ts";

/** Milliseconds that a slow sidecar takes. */
const SLOW_SFU_MS = 3_500;
/** Milliseconds until a browser notices another network. */
const NOTICE_MS = 2_000;

/** Does what the plan says. */
export function perform(world: World, act: Act): void {
  const { service, people, timeline } = world;
  const person = "who" in act ? people[act.who] : undefined;
  if (person === undefined) return performOnService(world, act);
  const { host, tab, stay } = person;
  const wanted = stay?.app.wanted;
  /** Whoever sleeps does it on waking up. */
  const later = (ms: number, run: () => void) =>
    void timeline.after(ms, run, host.process);
  switch (act.do) {
    case "cut":
      return host.cut(act.ms, act.direction);
    case "offline":
      later(0, () => person.tab?.hint("offline"));
      host.cut(act.ms, "both");
      return later(act.ms, () => person.tab?.hint("online"));
    case "stall":
      return host.stall(act.ms, act.direction);
    case "drop":
      return host.drop(act.seen);
    case "move":
      host.drop("neither");
      if (!act.hinted) return;
      return later(NOTICE_MS, () => person.tab?.hint("networkChanged"));
    case "refuse":
      return host.refuse(act.ms);
    case "slow":
      return host.slowDown(act.ms, act.latencyMs);
    case "sleep":
      return tab?.sleep(act.ms, act.withClock);
    case "hide": {
      if (tab === undefined) return;
      tab.isHidden = true;
      return later(act.ms, () => {
        tab.isHidden = false;
        tab.hint("visible");
      });
    }
    case "hint":
      return tab?.hint(act.hint);
    case "reload":
      return person.reload();
    case "refresh": {
      const token = tokenFor(person.identity, person.room);
      return tab?.ask("refreshToken", { token }, () => {});
    }
    case "crash":
      return person.crash(act.withMachine, act.ms);
    case "leave":
      return person.leave(act.ms);
    case "twin":
      return world.addTwin(person, act.ms);
    case "remove":
      if (stay === undefined) return;
      return service.admin(stay.room, {
        type: "removeParticipant",
        sessionId: stay.sessionId,
      });
    case "ban": {
      if (stay === undefined) return;
      const { identity } = person;
      return service.admin(stay.room, { type: "ban", identity, banMs: act.ms });
    }
    case "moveTo": {
      if (stay === undefined) return;
      const room = roomName(act.room);
      return service.admin(stay.room, {
        type: "moveParticipant",
        sessionId: stay.sessionId,
        room,
        token: tokenFor(person.identity, room),
      });
    }
    case "steal": {
      if (stay === undefined) return;
      const seat = world.refereeOf(stay.room).seats.get(stay.sessionId);
      if (seat) new Thief(world, stay.room, seat, act.secret).come();
      return;
    }
    case "publish":
      if (wanted?.has(act.key)) return;
      wanted?.set(act.key, {
        kind: act.key.startsWith("data") ? "data" : "media",
        muted: act.at % 3 === 0,
      });
      return stay?.app.work();
    case "unpublish":
      wanted?.delete(act.key);
      return stay?.app.work();
    case "mute": {
      const track = wanted?.get(act.key);
      if (track === undefined) return;
      track.muted = !track.muted;
      return stay?.app.work();
    }
    case "say":
      return person.say(
        act.to === null ? undefined : people[act.to]?.stay?.sessionId,
      );
    case "burst":
      for (let count = 0; count < act.count; count++) {
        person.say(undefined, act.size);
      }
      return;
    case "rename":
      return person.rename();
    case "media":
      return tab?.ask("reportMediaState", { state: act.state }, () => {});
  }
}

function performOnService(world: World, act: Act): void {
  const { service, sfu, timeline } = world;
  if (service.perform(act)) return;
  const until = "ms" in act ? timeline.now + act.ms : 0;
  switch (act.do) {
    case "busy":
      service.busyUntil = until;
      return;
    case "restore":
      for (const room of world.rooms) service.room(room)?.restore();
      return;
    case "expireTokens":
      service.tokensExpireUntil = until;
      return;
    case "closeRoom":
      return service.admin(roomName(act.room ?? 0), {
        type: "closeRoom",
        reason: "roomClosed",
      });
    case "sfuDown":
      return sfu.down(act.ms, act.fresh);
    case "workerDies":
      return sfu.workersDie();
    case "sfuFails":
      sfu.failing = { until, status: act.status };
      return;
    case "sfuSlow":
      sfu.slow = { until, ms: SLOW_SFU_MS };
      return;
    case "dtlsStuck":
      sfu.stuckUntil = until;
      return;
    case "collapse":
      return sfu.collapse(act.pick);
    case "ice":
      return sfu.wobble(act.pick);
  }
}
