/**
 * Many who only are there, as a program: see `commands.mts`.
 *
 * @module
 */
import { Bare } from "./bare.mts";
import { forEach, obey } from "./commands.mts";
import { Guest, type Invitation } from "./guest.mts";

const held: { cut(): void }[] = [];

await obey({
  async join(
    { port, invitations }: { port: number; invitations: Invitation[][] },
  ) {
    await forEach(invitations, async (invited) => {
      for (const invitation of invited) {
        const guest = new Guest({ port, ...invitation });
        held.push(guest);
        await guest.join();
      }
    }, 50);
  },

  async connect({ port, count }: { port: number; count: number }) {
    await forEach([...Array(count).keys()], async () => {
      const connection = new Bare(port);
      held.push(connection);
      await connection.opened;
    });
  },
});
