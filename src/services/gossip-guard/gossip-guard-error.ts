import { AppError } from '../../errors.ts'

/** `GOSSIP_TOPIC_TRAFFIC_INVALID`, `GOSSIP_THRESHOLDS_INVALID`, `GOSSIP_RATE_INVALID`. */
export class GossipGuardError extends AppError {}
