// One map for each construct that clang writes BTF for. types_clang_test.cc says what each becomes.
typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;

#define PERCPU_HASH 5
#define MAP(name, ...)             \
  struct {                         \
    int (*type)[PERCPU_HASH];      \
    int (*max_entries)[16];        \
    __u32* key;                    \
    __typeof__(__VA_ARGS__)* value; \
  } name __attribute__((section(".maps"), used))

MAP(unsigned_sizes, struct { __u8 a; __u16 b; __u32 c; __u64 d; });
MAP(signed_sizes, struct { __s8 a; short b; int c; long long d; });
MAP(wide, struct { unsigned __int128 a; });
MAP(booleans, struct { _Bool a; _Bool b[2]; });
MAP(characters, struct { char a; char b[16]; const char c[2][8]; unsigned char d[4]; });
MAP(floats, struct { float a; double b; });
MAP(pointers, struct { void* a; struct unknown* b; int (*c)(int); char** d; });
MAP(arrays, struct { __u32 a[3]; __u16 b[2][3]; __u8 c[]; });

enum color { RED, GREEN = 5, BLUE = -1 };
enum state { OFF, ON };
MAP(enumerations, struct { enum color a; enum state b; });

MAP(nested, struct {
  struct { __u8 a; __u32 b; } c;
  struct { __u8 d; union { __u32 e; __u8 f[4]; }; };
});
MAP(unions, union { __u64 a; struct { __u32 b; __u32 c; }; });
MAP(bit_fields, struct {
  __u32 a : 3;
  __s32 b : 7;
  enum state c : 2;
  __u32 : 5;
  _Bool d : 1;
  __u64 e : 40;
  __u16 f;
});
MAP(only_bit_field, struct { __u64 a : 64; });
MAP(packed, struct __attribute__((packed)) { __u8 a; __u64 b; __u32 c : 12; });

typedef volatile const __u32 strange;
typedef struct { strange a; } wrapped;
MAP(modifiers, struct { const volatile __u64 a; wrapped b; const wrapped c[2]; });
MAP(network, struct { __be16 a; const __be32 b; __be64 c; __be16 d[2]; });
MAP(empty, struct { struct {} a; int b; });

struct __attribute__((aligned(64))) line { __u64 a; };
MAP(aligned, struct line);
MAP(number, __s32);
MAP(text, char[16]);
