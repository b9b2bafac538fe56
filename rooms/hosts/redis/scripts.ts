/**
 * What is done in Redis at once or not at all. A room is one hash: who has it
 * (`owner`) until when by Redis's clock (`until`), the highest epoch that was
 * ever handed out (`epoch`), what was kept of it (`bytes`), and after its end
 * `ended`, until something is kept of the next one. Whoever writes shows its
 * epoch; another one than the room's is refused with `FENCED`, which Redis counts
 * (`INFO errorstats`).
 *
 * @module
 */

/**
 * Milliseconds beyond which nothing is ever said to hold: what lies further ahead
 * was said by a clock of Redis that was wrong, and has been put back since.
 */
const FURTHEST_MS = 120_000;
/** Milliseconds for which a room that is over is known. */
const FORGET_MS = 3_600_000;

/**
 * Of what takes no new room in Redis, and is done also where it has reached its
 * `maxmemory`: rooms go on that are there.
 */
const ALSO_WHEN_FULL = "#!lua flags=allow-oom\n";

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/** KEYS began. For a lease from now on somebody may have rooms that are not known. */
export const begin = `${NOW}
return redis.call('SET', KEYS[1], text(now), 'NX') and 1 or 0
`;

/**
 * KEYS room, rooms, began. ARGV owner, leaseMs, name, `any` or `kept`. Answers
 * `held owner leftMs`, `none ended`, `yours epoch bytes ended`, or `wait leftMs`.
 *
 * Epochs are times, so that they grow even where Redis has lost its data. Where
 * it has, `began` is lost too: for a lease from then on, a room that is not known
 * may have an owner that has not renewed it yet.
 */
export const place = `${NOW}
local room = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until', 'bytes', 'ended')
local left = (tonumber(room[3]) or 0) - now
if left > ${FURTHEST_MS} then
  left = tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], 'until', text(now + left))
end
if room[1] and room[1] ~= ARGV[1] and left > 0 then
  return {'held', room[1], text(left)}
end
local began = math.min(tonumber(redis.call('GET', KEYS[3]) or '') or now, now)
if began == now then redis.call('SET', KEYS[3], text(now)) end
local young = began + tonumber(ARGV[2]) - now
if not room[2] and young > 0 then
  return {'wait', text(young)}
end
if ARGV[4] == 'kept' and not room[4] then
  redis.call('ZREM', KEYS[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ${FORGET_MS})
  return {'none', room[5] or ''}
end
local epoch = math.max(now, (tonumber(room[2]) or 0) + 1)
local over = now + tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', text(epoch), 'until', text(over))
redis.call('HDEL', KEYS[1], 'saved')
redis.call('PERSIST', KEYS[1])
redis.call('ZADD', KEYS[2], over, ARGV[3])
return {'yours', text(epoch), room[4] or '', room[5] or ''}
`;

/**
 * KEYS rooms, prefix of rooms. ARGV owner, leaseMs, then name and epoch of each.
 * Answers the names that are lost, then `/`, then those that Redis had lost and
 * has again.
 */
export const renew = `${ALSO_WHEN_FULL}${NOW}
local over = now + tonumber(ARGV[2])
local lost, anew = {}, {}
for i = 3, #ARGV, 2 do
  local key = KEYS[2] .. ARGV[i]
  local mine = tonumber(ARGV[i + 1])
  local room = redis.call('HMGET', key, 'owner', 'epoch')
  local epoch = tonumber(room[2]) or 0
  if epoch > mine or (epoch == mine and room[1] ~= ARGV[1]) then
    lost[#lost + 1] = ARGV[i]
  else
    redis.call('HSET', key, 'owner', ARGV[1], 'epoch', ARGV[i + 1], 'until', text(over))
    redis.call('PERSIST', key)
    redis.call('ZADD', KEYS[1], over, ARGV[i])
    if epoch < mine then
      redis.call('HDEL', key, 'saved')
      anew[#anew + 1] = ARGV[i]
    end
  end
end
lost[#lost + 1] = '/'
for _, name in ipairs(anew) do lost[#lost + 1] = name end
return lost
`;

const MINE = `
local room = redis.call('HMGET', KEYS[1], 'owner', 'epoch')
if room[1] ~= ARGV[1] or room[2] ~= ARGV[2] then
  return redis.error_reply('FENCED The room belongs to somebody else')
end
`;

/** Whether a write was refused since the room belongs to somebody else. */
export const isFenced = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("FENCED");

/**
 * KEYS room. ARGV owner, epoch, bytes, number. Answers 0 where one of a higher
 * number is kept: what was sent over a connection that died may come late.
 */
export const save = `${MINE}
local saved = tonumber(redis.call('HGET', KEYS[1], 'saved')) or 0
if tonumber(ARGV[4]) <= saved then return 0 end
redis.call('HSET', KEYS[1], 'bytes', ARGV[3], 'saved', ARGV[4])
redis.call('HDEL', KEYS[1], 'ended')
return 1
`;

/** KEYS room, rooms. ARGV owner, epoch, name. Anybody may have it from now on. */
export const release = `${ALSO_WHEN_FULL}${MINE}${NOW}
redis.call('HSET', KEYS[1], 'until', '0')
if redis.call('HEXISTS', KEYS[1], 'bytes') == 1 then
  redis.call('ZADD', KEYS[2], 0, ARGV[3])
else
  redis.call('ZREM', KEYS[2], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ${FORGET_MS})
end
return 1
`;

/** KEYS room, rooms. ARGV owner, epoch, name, ended. */
export const end = `${MINE}
redis.call('HDEL', KEYS[1], 'owner', 'until', 'bytes', 'saved')
redis.call('HSET', KEYS[1], 'ended', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ${FORGET_MS})
redis.call('ZREM', KEYS[2], ARGV[3])
return 1
`;

/** KEYS room, where to. ARGV owner, epoch, ms for which it is kept there. */
export const setAside = `${MINE}
local bytes = redis.call('HGET', KEYS[1], 'bytes')
if not bytes then return 0 end
redis.call('SET', KEYS[2], bytes, 'PX', ARGV[3])
redis.call('HDEL', KEYS[1], 'bytes')
return 1
`;

/** KEYS rooms. ARGV how many at most. Answers names of rooms whose lease is over. */
export const orphans = `${NOW}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'LIMIT', 0, ARGV[1])
`;

/** KEYS room. Answers its last epoch and its owner, as far as there are such. */
export const ownership = `${NOW}
local room = redis.call('HMGET', KEYS[1], 'owner', 'until', 'epoch')
if not room[3] then return {} end
local left = (tonumber(room[2]) or 0) - now
if not room[1] or left <= 0 then return {room[3]} end
return {room[3], room[1]}
`;

/** KEYS nodes. ARGV node, what is said of it, ms for which that holds. */
export const beat = `${ALSO_WHEN_FULL}${NOW}
redis.call('HSET', KEYS[1], ARGV[1], text(now + tonumber(ARGV[3])) .. ' ' .. ARGV[2])
return 1
`;

/** KEYS nodes. Answers node and what is said of it, for each that lives. */
export const nodes = `${NOW}
local all = redis.call('HGETALL', KEYS[1])
local live = {}
for i = 1, #all, 2 do
  local over, said = string.match(all[i + 1], '^(%d+) (.*)$')
  local left = (tonumber(over) or 0) - now
  if left > 0 and left <= ${FURTHEST_MS} then
    live[#live + 1] = all[i]
    live[#live + 1] = said
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return live
`;
