/** What a new installation costs while nobody builds, in the words of set-up. */
import { foundationTemplate } from '../../templates/foundation.ts';
import { fixedCosts, PRICES, restingCosts, totalOf } from '../../templates/idle-cost.ts';

export function idleCostText(): string[] {
  const template = foundationTemplate('bbf');
  const usd = totalOf([...fixedCosts(template), ...restingCosts(template)]);
  return [
    `cost while nobody builds: about $${usd.toFixed(2)} a month, and $${PRICES.ecrPerGbMonth.toFixed(2)} a GB of images in the registry (list prices of us-east-1)`,
    'cost while somebody builds: bbf status tells it; spec.budget limits it',
  ];
}
