/** bbf's own protocol between the farm's server and its workers: one long poll for orders, one call for results. */

export const workersProto = `
syntax = "proto3";
package bbf.farm.v1;

service Workers {
  // One call of a worker is open at any time. It is answered when there is something to do, or empty after about 20 s.
  // As a worker sends the next one only after it has dealt with the last answer, and with those of all Finish calls,
  // 'running' is exact: what the server has given and the list lacks was lost on the way.
  rpc Synchronize(SynchronizeRequest) returns (SynchronizeResponse);
  // Results, at once, beside the open Synchronize; the answer brings work for the slots that have become free.
  rpc Finish(FinishRequest) returns (FinishResponse);
}

message SynchronizeRequest {
  string name = 1;
  string pool = 2;
  build.bazel.remote.execution.v2.Platform platform = 3;
  int32 slots = 4;
  // Names of the jobs that run here or whose result has not been acknowledged.
  repeated string running = 5;
  // False: give nothing new (not yet protected from scale-in, or about to end).
  bool accepts = 6;
  // The task is protected from scale-in.
  bool protected = 7;
  // Made up at the start of the worker's process; a name that returns with another one is a new process.
  string incarnation = 8;
}
message SynchronizeResponse {
  repeated Job start = 1;
  repeated string cancel = 2;
  bool draining = 3;
}
message Job {
  string name = 1;
  build.bazel.remote.execution.v2.Digest action_digest = 2;
  bytes action = 3;
  bytes command = 4;
  // Encoded Directory messages of the input tree, as many as fit; the worker fetches the others.
  repeated bytes directories = 5;
  google.protobuf.Timestamp queued = 6;
}

message FinishRequest {
  string worker = 1;
  repeated JobResult results = 2;
}
message JobResult {
  string job = 1;
  // Set when the command ran.
  build.bazel.remote.execution.v2.ActionResult result = 2;
  // Not OK: why there is no usable result.
  google.rpc.Status status = 3;
  // The worker gave the job up through no fault of the action; it may run elsewhere.
  bool abandoned = 4;
  // Small outputs, not yet in the store.
  repeated Blob blobs = 5;
  int64 busy_ms = 6;
}
message Blob {
  build.bazel.remote.execution.v2.Digest digest = 1;
  bytes data = 2;
}
message FinishResponse { repeated Job start = 1; }
`;
