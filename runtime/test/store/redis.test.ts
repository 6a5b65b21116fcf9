import { after } from 'node:test'
import { startRedis, withoutRedis } from '../../../lab/fleet/services.ts'
import { openRedisHot } from '../../store/redis-hot.ts'
import { hotContract } from './contract.ts'

const redis = withoutRedis ? null : await startRedis()
after(() => redis?.stop())
hotContract('Redis', withoutRedis, async () => openRedisHot(redis?.url ?? '', Math.random, () => {}))
