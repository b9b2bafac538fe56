/**
 * Whether Redis is there.
 *
 * @module
 */
import type { Registry } from "prom-client";
import type {
  Connect,
  RedisConnection,
} from "../../rooms/hosts/redis/connect.ts";
import { readGauge } from "./read.ts";

/** Connects as this one does, and shows how its connections are. */
export function meteredConnect(connect: Connect, registry: Registry): Connect {
  const connections: RedisConnection[] = [];
  readGauge({
    registry,
    name: "holdfast_redis_up",
    help: "1 while all connections to Redis are up; only where it is used",
    read() {
      const isUp = connections.every(({ status }) => status === "ready");
      return isUp ? 1 : 0;
    },
  });
  return (...given) => {
    const connection = connect(...given);
    connections.push(connection);
    return connection;
  };
}
