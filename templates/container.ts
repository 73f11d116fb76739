/** One container of a task definition, with what all of bbf's containers have. */
import { importValue, ref, type Value } from './cloudformation.ts';
import { exportName } from './names.ts';

/** Fargate allows no more (ECS API reference, `ContainerDefinition.stopTimeout`); a worker drains before, so it is the last resort. */
const STOP_TIMEOUT_SECONDS = 120;

interface ContainerParts {
  name: string;
  /** Parameter that holds the image. */
  image: string;
  environment: Record<string, Value>;
  /** Any other properties of AWS::ECS::TaskDefinition ContainerDefinition. */
  more?: { [property: string]: Value };
}

export function container(installation: string, { name, image, environment, more = {} }: ContainerParts): Value {
  return {
    Name: name,
    Image: ref(image),
    Essential: true,
    StopTimeout: STOP_TIMEOUT_SECONDS,
    Environment: Object.entries(environment).map(([Name, value]) => ({ Name, Value: value })),
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': importValue(exportName(installation, 'FarmLogGroup')),
        'awslogs-region': ref('AWS::Region'),
        'awslogs-stream-prefix': ref('ServiceName'),
      },
    },
    ...more,
  };
}

export const portMappings = (ports: readonly number[]): Value =>
  ports.map((port) => ({ ContainerPort: port, Protocol: 'tcp' }));

/** True while somebody listens on a port of the loopback. Bash alone can ask: the images have neither curl nor a gRPC probe. */
export const listens = (port: number): string => `exec 3<>/dev/tcp/127.0.0.1/${port}`;

const ANSWER_SECONDS = 15;

/** True while a JVM tells its metrics: one that hangs, or is out of memory, accepts connections all the same. */
export const works = (port: number, seconds = ANSWER_SECONDS): string =>
  `${listens(port)} && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t ${seconds} answer <&3 && [[ $answer == *' 200 '* ]]`;

/** ECS's longest patience at the start, in seconds; a JVM listens after a minute or two. */
const START_PERIOD_SECONDS = 300;

/** Whoever is silent for five minutes is replaced: a worker whose processors are all taken by actions answers late, and must not die of that. */
export const healthCheck = (bash: string): Value => ({
  Command: ['CMD', 'bash', '-c', bash],
  Interval: 30,
  Timeout: 20,
  Retries: 10,
  StartPeriod: START_PERIOD_SECONDS,
});

/** Of a container that others wait for: as often as ECS can. */
export const quickHealthCheck = (bash: string): Value => ({
  ...(healthCheck(bash) as object),
  Interval: 5,
  Timeout: 4,
});
