import { accessArea } from './access/area'
import type { Area } from './area'
import { audienceArea } from './audience/area'
import { collectionArea } from './collection/area'
import { gatewayArea } from './gateway/area'
import { serverArea } from './server/area'

/** Every area of the console, as the navigation has them. Each page is a file of its own, fetched when somebody goes there. */
export const areas: Area[] = [collectionArea, audienceArea, gatewayArea, accessArea, serverArea]
