import {
  type AdminClient,
  get,
  pages,
  type ParticipantSummary,
} from "../../admin/client.ts";
import { UsageError } from "./command.ts";

export const participantsOf = (
  client: AdminClient,
  room: string,
): AsyncGenerator<ParticipantSummary> =>
  pages((pageToken) =>
    get(client.GET("/rooms/{room}/participants", {
      params: {
        path: { room },
        query: { pageSize: 200, ...(pageToken && { pageToken }) },
      },
    }))
  );

/**
 * The session that somebody means by its id, or by an identity that is in the
 * room once.
 *
 * @throws {UsageError} for nobody, and for several.
 */
export async function sessionOf(
  client: AdminClient,
  room: string,
  who: string,
): Promise<string> {
  const all = await Array.fromAsync(participantsOf(client, room));
  const found = all.filter((one) =>
    one.sessionId === who || one.identity === who
  );
  const [first, second] = found;
  if (first === undefined) {
    throw new UsageError(
      `Nobody in ${room} has the identity or the session id "${who}": see participants ${room}`,
    );
  }
  if (second === undefined) return first.sessionId;
  const ids = found.map(({ sessionId }) => sessionId).join(", ");
  throw new UsageError(
    `"${who}" is in ${room} more than once: name one of ${ids}`,
  );
}
