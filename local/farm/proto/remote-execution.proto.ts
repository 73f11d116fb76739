/** The part of build.bazel.remote.execution.v2 that bbf's farm speaks: services and the messages of calls. */

export const remoteExecutionProto = `
syntax = "proto3";
package build.bazel.remote.execution.v2;

service Execution {
  rpc Execute(ExecuteRequest) returns (stream google.longrunning.Operation);
  rpc WaitExecution(WaitExecutionRequest) returns (stream google.longrunning.Operation);
}
service ActionCache {
  rpc GetActionResult(GetActionResultRequest) returns (ActionResult);
  rpc UpdateActionResult(UpdateActionResultRequest) returns (ActionResult);
}
service ContentAddressableStorage {
  rpc FindMissingBlobs(FindMissingBlobsRequest) returns (FindMissingBlobsResponse);
  rpc BatchUpdateBlobs(BatchUpdateBlobsRequest) returns (BatchUpdateBlobsResponse);
  rpc BatchReadBlobs(BatchReadBlobsRequest) returns (BatchReadBlobsResponse);
  rpc GetTree(GetTreeRequest) returns (stream GetTreeResponse);
}
service Capabilities {
  rpc GetCapabilities(GetCapabilitiesRequest) returns (ServerCapabilities);
}

message ExecuteRequest {
  string instance_name = 1;
  bool skip_cache_lookup = 3;
  Digest action_digest = 6;
}
// In the headers of each call.
message RequestMetadata {
  string action_mnemonic = 5;
  string target_id = 6;
}
message WaitExecutionRequest { string name = 1; }
message ExecuteResponse {
  ActionResult result = 1;
  bool cached_result = 2;
  google.rpc.Status status = 3;
  string message = 5;
}
message ExecuteOperationMetadata {
  // 1 cache check, 2 queued, 3 executing, 4 completed.
  int32 stage = 1;
  Digest action_digest = 2;
}

message GetActionResultRequest {
  string instance_name = 1;
  Digest action_digest = 2;
  bool inline_stdout = 3;
  bool inline_stderr = 4;
}
message UpdateActionResultRequest {
  string instance_name = 1;
  Digest action_digest = 2;
  ActionResult action_result = 3;
}

message FindMissingBlobsRequest {
  string instance_name = 1;
  repeated Digest blob_digests = 2;
}
message FindMissingBlobsResponse { repeated Digest missing_blob_digests = 2; }
message BatchUpdateBlobsRequest {
  message Request {
    Digest digest = 1;
    bytes data = 2;
    int32 compressor = 3;
  }
  string instance_name = 1;
  repeated Request requests = 2;
}
message BatchUpdateBlobsResponse {
  message Response {
    Digest digest = 1;
    google.rpc.Status status = 2;
  }
  repeated Response responses = 1;
}
message BatchReadBlobsRequest {
  string instance_name = 1;
  repeated Digest digests = 2;
}
message BatchReadBlobsResponse {
  message Response {
    Digest digest = 1;
    bytes data = 2;
    google.rpc.Status status = 3;
  }
  repeated Response responses = 1;
}
message GetTreeRequest {
  string instance_name = 1;
  Digest root_digest = 2;
  int32 page_size = 3;
  string page_token = 4;
}
message GetTreeResponse {
  repeated Directory directories = 1;
  string next_page_token = 2;
}

message GetCapabilitiesRequest { string instance_name = 1; }
message ServerCapabilities {
  CacheCapabilities cache_capabilities = 1;
  ExecutionCapabilities execution_capabilities = 2;
  build.bazel.semver.SemVer low_api_version = 4;
  build.bazel.semver.SemVer high_api_version = 5;
}
message CacheCapabilities {
  // Digest functions: 1 is SHA-256.
  repeated int32 digest_functions = 1;
  ActionCacheUpdateCapabilities action_cache_update_capabilities = 2;
  int64 max_batch_total_size_bytes = 4;
  // 1 disallowed, 2 allowed.
  int32 symlink_absolute_path_strategy = 5;
}
message ActionCacheUpdateCapabilities { bool update_enabled = 1; }
message ExecutionCapabilities {
  int32 digest_function = 1;
  bool exec_enabled = 2;
  repeated int32 digest_functions = 5;
}
`;
