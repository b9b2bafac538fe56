import { conformance } from "../conformance.ts";
import { openRedisStage } from "./stage.ts";
import { redisSuite } from "./server.ts";

conformance({
  name: "redis",
  ignore: redisSuite.ignore,
  hasMany: true,
  open: openRedisStage,
});
