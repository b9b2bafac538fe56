/**
 * The types of the admin API, written by `deno task schema` out of
 * docs/openapi.json.
 *
 * @module
 */
// deno-fmt-ignore-file
// deno-lint-ignore-file

export interface paths {
    "/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the service is */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Lets no room begin
         * @description Rooms that are there go on, and take joins. `/readyz` answers 503, and event streams end once, so that clients may find another process.
         */
        put: operations["drain"];
        post?: never;
        /** Lets rooms begin again */
        delete: operations["undrain"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ice-servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The STUN and TURN servers that a client would get */
        get: operations["getIceServers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rooms, by their names
         * @description Those that the access token grants.
         */
        get: operations["listRooms"];
        put?: never;
        /**
         * Creates a room
         * @description With a policy of its own, before anybody joins. If nobody does, it ends after its `emptyRoomMs`.
         */
        post: operations["createRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One room */
        get: operations["getRoom"];
        put?: never;
        post?: never;
        /**
         * Closes a room
         * @description All who are in it are told: `roomClosed`.
         */
        delete: operations["closeRoom"];
        options?: never;
        head?: never;
        /**
         * Changes the policy of a room
         * @description It holds at once, and clients are told.
         */
        patch: operations["updateRoom"];
        trace?: never;
    };
    "/rooms/{room}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a message from the service */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/participants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is in a room, in the order in which they joined */
        get: operations["listParticipants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/participants/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One participant, with bitrates and scores */
        get: operations["getParticipant"];
        put?: never;
        post?: never;
        /**
         * Removes a participant
         * @description With `banSeconds`, the identity is kept out of the room, too.
         */
        delete: operations["removeParticipant"];
        options?: never;
        head?: never;
        /**
         * Changes grants, name or metadata
         * @description Holds at once: what a participant may not do any more is closed.
         */
        patch: operations["updateParticipant"];
        trace?: never;
    };
    "/rooms/{room}/participants/{sessionId}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves a participant to another room
         * @description Its client gets an access token for that room, with the same grants but `admin`, and goes there.
         */
        post: operations["moveParticipant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/participants/{sessionId}/tracks/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Mutes a track, or lets it be heard or seen again */
        patch: operations["updateTrack"];
        trace?: never;
    };
    "/rooms/{room}/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is kept out of a room */
        get: operations["listBans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/bans/{identity}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Keeps an identity out of a room
         * @description Its sessions end, and neither a join nor a resume brings it in.
         */
        put: operations["ban"];
        post?: never;
        /** Lets an identity in again */
        delete: operations["unban"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens in the rooms, live
         * @description Server-sent events, of the rooms that the access token grants. Each has an id; `Last-Event-ID` brings those after it first. An event `gap` says that some of them are not kept any more. Comments keep the connection alive. The stream ends with the access token, and when the service begins to drain.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The webhooks that were given up, the oldest first
         * @description Those of the rooms that the access token grants.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/dead-letters/{number}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends one again, after all that waits */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ServiceStatus: {
            /**
             * @description `draining`: no room begins; those that are there go on and take joins, where there is a Redis in other processes
             * @enum {string}
             */
            state: "open" | "draining" | "closing";
            rooms: number;
            participants: number;
            /** @description The media server, as far as it has said */
            sfu: {
                /** @enum {string} */
                state: "connecting" | "up" | "down" | "closed";
                /** @description Its version */
                mediasoup?: string;
                workers?: {
                    pid: number;
                    routers: number;
                    transports: number;
                    consumers: number;
                    load: number;
                    sidecar?: string;
                }[];
            };
        };
        /** @description What is wrong (RFC 9457) */
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @description For people */
            detail: string;
            /** @description For programs */
            reason?: string;
        };
        IceServers: {
            iceServers: components["schemas"]["IceServer"][];
        };
        /** @description As RTCIceServer */
        IceServer: {
            urls: string[];
            username?: string;
            credential?: string;
        };
        RoomPage: {
            items: components["schemas"]["RoomSummary"][];
            /** @description Absent on the last page */
            nextPageToken?: string;
        };
        RoomSummary: {
            name: string;
            epoch: number;
            createdAt: number;
            participants: number;
            reconnecting: number;
            producers: number;
            consumers: number;
            log: {
                events: number;
                bytes: number;
            };
        };
        Room: {
            name: string;
            epoch: number;
            createdAt: number;
            participants: number;
            reconnecting: number;
            producers: number;
            consumers: number;
            log: {
                events: number;
                bytes: number;
            };
            policy: components["schemas"]["Policy"];
            /** @enum {string} */
            sfu: "up" | "down";
            /** @description The room's router in the media server */
            router: {
                /** @enum {string} */
                state: "none" | "creating" | "ready" | "lost";
                id?: string;
            };
            /** @description How many identities are kept out */
            bans: number;
        };
        /** @description What a room allows and how it keeps time */
        Policy: {
            /** @default 1000 */
            pingIntervalMs: number;
            /** @default 4000 */
            timeoutMs: number;
            /** @default 2000 */
            suspectAfterMs: number;
            /** @default 12000 */
            evictAfterMs: number;
            /** @default 512 */
            maxLogEvents: number;
            /** @default 262144 */
            maxLogBytes: number;
            /** @default 5 */
            maxWrongSecrets: number;
            /** @default 100 */
            maxMessagesPerSecond: number;
            /** @default 2000 */
            maxMessageBurst: number;
            /** @default false */
            requireTokenOnResume: boolean;
            /** @default 60000 */
            tokenRefreshMs: number;
            /** @default 15000 */
            dtlsTimeoutMs: number;
            /** @default 20000 */
            iceRestartWindowMs: number;
            /** @default 10 */
            maxIceRestarts: number;
            /** @default 7000 */
            mediaCheckAfterMs: number;
            /** @default 30000 */
            emptyRoomMs: number;
            /** @default 100 */
            maxParticipants: number;
            /** @default 4 */
            maxTransports: number;
            /** @default 16 */
            maxProducers: number;
            /** @default 16 */
            maxDataProducers: number;
            /** @default 1000 */
            maxConsumers: number;
            /** @default 16384 */
            maxMessageBytes: number;
            /** @default 4096 */
            maxMetadataBytes: number;
            /**
             * @default replace
             * @enum {string}
             */
            duplicateIdentity: "replace" | "reject" | "allow";
            /**
             * @default [
             *       "audio/opus",
             *       "video/VP8",
             *       "video/VP9",
             *       "video/H264",
             *       "video/AV1"
             *     ]
             */
            codecs: ("audio/opus" | "video/VP8" | "video/VP9" | "video/H264" | "video/AV1")[];
        };
        RoomCreation: {
            name: string;
            /** @description The rest is as the settings of the service say */
            policy?: {
                pingIntervalMs?: number;
                timeoutMs?: number;
                suspectAfterMs?: number;
                evictAfterMs?: number;
                maxLogEvents?: number;
                maxLogBytes?: number;
                maxWrongSecrets?: number;
                maxMessagesPerSecond?: number;
                maxMessageBurst?: number;
                requireTokenOnResume?: boolean;
                tokenRefreshMs?: number;
                dtlsTimeoutMs?: number;
                iceRestartWindowMs?: number;
                maxIceRestarts?: number;
                mediaCheckAfterMs?: number;
                emptyRoomMs?: number;
                maxParticipants?: number;
                maxTransports?: number;
                maxProducers?: number;
                maxDataProducers?: number;
                maxConsumers?: number;
                maxMessageBytes?: number;
                maxMetadataBytes?: number;
                /** @enum {string} */
                duplicateIdentity?: "replace" | "reject" | "allow";
                codecs?: ("audio/opus" | "video/VP8" | "video/VP9" | "video/H264" | "video/AV1")[];
            };
        };
        RoomChange: {
            policy: components["schemas"]["PolicyPatch"];
        };
        /** @description Some of a policy; what is not named stays as it is */
        PolicyPatch: {
            pingIntervalMs?: number;
            timeoutMs?: number;
            suspectAfterMs?: number;
            evictAfterMs?: number;
            maxLogEvents?: number;
            maxLogBytes?: number;
            maxWrongSecrets?: number;
            maxMessagesPerSecond?: number;
            maxMessageBurst?: number;
            requireTokenOnResume?: boolean;
            tokenRefreshMs?: number;
            dtlsTimeoutMs?: number;
            iceRestartWindowMs?: number;
            maxIceRestarts?: number;
            mediaCheckAfterMs?: number;
            emptyRoomMs?: number;
            maxParticipants?: number;
            maxTransports?: number;
            maxProducers?: number;
            maxDataProducers?: number;
            maxConsumers?: number;
            maxMessageBytes?: number;
            maxMetadataBytes?: number;
            /** @enum {string} */
            duplicateIdentity?: "replace" | "reject" | "allow";
            codecs?: ("audio/opus" | "video/VP8" | "video/VP9" | "video/H264" | "video/AV1")[];
        };
        /** @description A message from the service */
        Message: {
            /** @description Session ids; everybody if it is not given */
            to?: string[];
            topic: string;
            /** @description Any JSON */
            body?: unknown;
        };
        ParticipantPage: {
            items: components["schemas"]["ParticipantSummary"][];
            /** @description Absent on the last page */
            nextPageToken?: string;
        };
        ParticipantSummary: {
            sessionId: string;
            identity: string;
            name: string;
            metadata?: unknown;
            /** @enum {string} */
            state: "connected" | "reconnecting" | "resuming";
            joinedAt: number;
            graceUntil?: number;
            roundTripMs: number | null;
            tokenExpiresAt: number;
            grants: components["schemas"]["Grants"];
            /** @enum {string} */
            mediaState: "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
            log: {
                events: number;
                bytes: number;
            };
            transports: {
                transportId: string;
                /** @enum {string} */
                direction: "send" | "recv";
                /** @enum {string} */
                ice: "new" | "connected" | "completed" | "disconnected" | "closed";
                /** @enum {string} */
                dtls: "new" | "connecting" | "connected" | "failed" | "closed";
            }[];
            producers: {
                producerId: string;
                key: string;
                /** @enum {string} */
                kind: "audio" | "video";
                /** @enum {string} */
                source: "microphone" | "camera" | "screen" | "screenAudio" | "other";
                paused: boolean;
                /** @enum {string} */
                type: "simple" | "simulcast" | "svc";
                appData?: unknown;
                transportId: string;
                mutedByServer: boolean;
            }[];
            consumers: number;
            dataProducers: number;
            dataConsumers: number;
        };
        /** @description What a participant may do */
        Grants: {
            /** @default true */
            join: boolean;
            /** @default true */
            publish: boolean | ("microphone" | "camera" | "screen" | "screenAudio" | "other")[];
            /** @default true */
            subscribe: boolean;
            /** @default true */
            sendData: boolean;
            /** @default true */
            updateMetadata: boolean;
            /** @default false */
            admin: boolean;
        };
        Participant: {
            sessionId: string;
            identity: string;
            name: string;
            metadata?: unknown;
            /** @enum {string} */
            state: "connected" | "reconnecting" | "resuming";
            joinedAt: number;
            graceUntil?: number;
            roundTripMs: number | null;
            tokenExpiresAt: number;
            grants: components["schemas"]["Grants"];
            /** @enum {string} */
            mediaState: "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
            dataProducers: {
                dataProducerId: string;
                key: string;
                label: string;
                protocol: string;
                appData?: unknown;
                transportId: string;
            }[];
            dataConsumers: {
                transportId: string;
                dataConsumerId: string;
                dataProducerId: string;
            }[];
            log: {
                events: number;
                bytes: number;
            };
            transports: {
                transportId: string;
                /** @enum {string} */
                direction: "send" | "recv";
                /** @enum {string} */
                ice: "new" | "connected" | "completed" | "disconnected" | "closed";
                /** @enum {string} */
                dtls: "new" | "connecting" | "connected" | "failed" | "closed";
                /** @description `null`: the media server has not said in time, or was not asked */
                stats: {
                    bytesReceived: number;
                    bytesSent: number;
                    /** @description Bits per second */
                    receiveBitrate: number;
                    /** @description Bits per second */
                    sendBitrate: number;
                    /** @description Bits per second */
                    availableOutgoingBitrate?: number;
                    /** @description The pair that ICE has selected */
                    selected?: {
                        /** @enum {string} */
                        protocol: "udp" | "tcp";
                        localAddress: string;
                        localPort: number;
                        remoteAddress: string;
                        remotePort: number;
                    };
                } | null;
            }[];
            producers: {
                producerId: string;
                key: string;
                /** @enum {string} */
                kind: "audio" | "video";
                /** @enum {string} */
                source: "microphone" | "camera" | "screen" | "screenAudio" | "other";
                paused: boolean;
                /** @enum {string} */
                type: "simple" | "simulcast" | "svc";
                appData?: unknown;
                transportId: string;
                mutedByServer: boolean;
                /** @description One of each encoding. `null`: the media server has not said in time, or was not asked */
                streams: components["schemas"]["StreamStats"][] | null;
            }[];
            consumers: {
                transportId: string;
                consumerId: string;
                producerId: string;
                /** @description One of each encoding. `null`: the media server has not said in time, or was not asked */
                streams: components["schemas"]["StreamStats"][] | null;
            }[];
        };
        /** @description One RTP stream */
        StreamStats: {
            ssrc?: number;
            rid?: string;
            /** @description Bits per second */
            bitrate: number;
            /** @description From 0 (nothing arrives) to 10 (perfect) */
            score: number;
            packets: number;
            packetsLost: number;
            /** @description Milliseconds */
            roundTripMs?: number;
        };
        ParticipantChange: {
            grants?: components["schemas"]["GrantsPatch"];
            name?: string;
            /** @description Any JSON; `null` takes it away */
            metadata?: unknown;
        };
        /** @description Some rights; those that are not named stay as they are */
        GrantsPatch: {
            join?: boolean;
            publish?: boolean | ("microphone" | "camera" | "screen" | "screenAudio" | "other")[];
            subscribe?: boolean;
            sendData?: boolean;
            updateMetadata?: boolean;
            admin?: boolean;
        };
        Move: {
            /** @description Where to */
            room: string;
        };
        TrackChange: {
            /** @description While it is muted so, its owner cannot unmute it */
            muted: boolean;
        };
        BanPage: {
            items: components["schemas"]["Ban"][];
            /** @description Absent on the last page */
            nextPageToken?: string;
        };
        /** @description An identity that is kept out */
        Ban: {
            identity: string;
            /** @description Milliseconds since 1970 */
            until: number;
        };
        BanCreation: {
            /** @description From now on */
            seconds: number;
        };
        /** @description What a room has announced */
        Event: {
            /** @description Grows, also over a restart */
            id: number;
            room: string;
            epoch: number;
            /** @description Counts the events of a room in an epoch, without gaps */
            seq: number;
            /** @description Milliseconds since 1970 */
            at: number;
            /** @description One of these, or one that is new: roomStarted; roomEnded (`reason`); mediaServerLost; mediaServerReplaced (`lostMs`); participantJoined (`name`, `metadata`); participantUpdated (`name`, `metadata`, `grants`); participantReconnecting (`graceMs`); participantReconnected; participantLeft (`reason`, `roundTripMs`); producerAdded (`producerId`, `key`, `kind`, `source`); producerReplaced (the same, and `oldProducerId`); producerRemoved (the same as if it was added, and `cause`); trackMutedByServer (`key`, `muted`); recovery (`seen`, `report`, `roundTripMs`) */
            type: string;
            /** @description Of whom it is about */
            sessionId?: string;
            identity?: string;
        } & {
            [key: string]: unknown;
        };
        DeadLetterPage: {
            items: components["schemas"]["DeadLetter"][];
            /** @description Absent on the last page */
            nextPageToken?: string;
        };
        /** @description A webhook that was given up */
        DeadLetter: {
            number: number;
            /** @description Its address */
            receiver: string;
            room: string;
            epoch: number;
            seq: number;
            type: string;
            /** @description The header `webhook-id` */
            messageId: string;
            /** @description Milliseconds since 1970 */
            at: number;
            /** @description JSON, as it was to be received */
            body: string;
            attempts: number;
            /** @description Milliseconds since 1970 */
            diedAt: number;
            /** @description Of the last attempt */
            reason: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceStatus"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    drain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undrain: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getIceServers: {
        parameters: {
            query?: {
                /** @description In whose name credentials are made [the operator's] */
                identity?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With credentials that hold from now on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IceServers"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRooms: {
        parameters: {
            query?: {
                /** @description How many items at most */
                pageSize?: number;
                /** @description `nextPageToken` of the page before */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomPage"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createRoom: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoomCreation"];
            };
        };
        responses: {
            /** @description The new room */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The room */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    closeRoom: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateRoom: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoomChange"];
            };
        };
        responses: {
            /** @description The room */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Message"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listParticipants: {
        parameters: {
            query?: {
                /** @description How many items at most */
                pageSize?: number;
                /** @description `nextPageToken` of the page before */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ParticipantPage"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getParticipant: {
        parameters: {
            query?: {
                /** @description Whether the media server is asked */
                stats?: "true" | "false";
            };
            header?: never;
            path: {
                /** @description The name of a room */
                room: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The participant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Participant"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeParticipant: {
        parameters: {
            query?: {
                /** @description For how long the identity is kept out */
                banSeconds?: number;
            };
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateParticipant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParticipantChange"];
            };
        };
        responses: {
            /** @description The participant */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Participant"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    moveParticipant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Move"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateTrack: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                sessionId: string;
                /** @description The key of a track */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrackChange"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listBans: {
        parameters: {
            query?: {
                /** @description How many items at most */
                pageSize?: number;
                /** @description `nextPageToken` of the page before */
                pageToken?: string;
            };
            header?: never;
            path: {
                /** @description The name of a room */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BanPage"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ban: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                identity: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BanCreation"];
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unban: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The name of a room */
                room: string;
                identity: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Of this room only */
                room?: string;
            };
            header?: {
                /** @description The id of the last event that was seen */
                "last-event-id"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events; `data` is JSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Event"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description How many items at most */
                pageSize?: number;
                /** @description `nextPageToken` of the page before */
                pageToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names this write: when it is sent again, it is done once and answered the same */
                "idempotency-key"?: string;
            };
            path: {
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request does not fit the schema */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No access token, or one that does not hold */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The access token does not grant this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such room, participant or track */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body, or what it says, is larger than allowed */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The Idempotency-Key was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible for now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
