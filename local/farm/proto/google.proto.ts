/** Google's messages and services that the Remote Execution API is built from, as far as the farm uses them. */

export const googleProtos = [
  `
syntax = "proto3";
package google.protobuf;
message Any {
  string type_url = 1;
  bytes value = 2;
}
message Duration {
  int64 seconds = 1;
  int32 nanos = 2;
}
message Timestamp {
  int64 seconds = 1;
  int32 nanos = 2;
}
`,
  `
syntax = "proto3";
package google.rpc;
message Status {
  int32 code = 1;
  string message = 2;
  repeated google.protobuf.Any details = 3;
}
message PreconditionFailure {
  message Violation {
    string type = 1;
    string subject = 2;
    string description = 3;
  }
  repeated Violation violations = 1;
}
`,
  `
syntax = "proto3";
package google.longrunning;
message Operation {
  string name = 1;
  google.protobuf.Any metadata = 2;
  bool done = 3;
  // The protocol has a oneof of error (4) and response here; an execution never sets the former.
  google.protobuf.Any response = 5;
}
`,
  `
syntax = "proto3";
package google.bytestream;
service ByteStream {
  rpc Read(ReadRequest) returns (stream ReadResponse);
  rpc Write(stream WriteRequest) returns (WriteResponse);
  rpc QueryWriteStatus(QueryWriteStatusRequest) returns (QueryWriteStatusResponse);
}
message ReadRequest {
  string resource_name = 1;
  int64 read_offset = 2;
  int64 read_limit = 3;
}
message ReadResponse { bytes data = 10; }
message WriteRequest {
  string resource_name = 1;
  int64 write_offset = 2;
  bool finish_write = 3;
  bytes data = 10;
}
message WriteResponse { int64 committed_size = 1; }
message QueryWriteStatusRequest { string resource_name = 1; }
message QueryWriteStatusResponse {
  int64 committed_size = 1;
  bool complete = 2;
}
`,
  `
syntax = "proto3";
package build.bazel.semver;
message SemVer {
  int32 major = 1;
  int32 minor = 2;
  int32 patch = 3;
}
`,
] as const;
